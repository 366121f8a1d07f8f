import { readConfiguration } from '@/lib/http/configurationText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { configurationService } from '@/lib/services/configurationService';

export const POST = withRoute(
  'POST /api/import',
  ({ body, query }) => configurationService.import(body, query.dry_run === '1'),
  { read: readConfiguration },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
