import { wantsYaml, yamlResponse } from '@/lib/http/configurationText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { configurationService } from '@/lib/services/configurationService';

export const GET = withRoute('GET /api/export', async ({ request, query }) => {
  const configuration = await configurationService.export();
  return wantsYaml(request, query.format) ? yamlResponse(configuration) : configuration;
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
