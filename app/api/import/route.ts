import { readConfiguration } from '@/lib/http/configurationText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { configurationService } from '@/lib/services/configurationService';

export const POST = withRoute('POST /api/import', async ({ request, query }) =>
  configurationService.import(await readConfiguration(request), query.dry_run === '1'),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
