import type { QueryClient } from '@tanstack/react-query';
import { eventTypesQuery } from '@/lib/api/eventTypes';
import { eventTypeService } from '@/lib/services/eventTypeService';

/** The registry, for what chooses from it. */
export const fillEventTypes = async (client: QueryClient) =>
  client.setQueryData(eventTypesQuery.queryKey, (await eventTypeService.list()).items);
