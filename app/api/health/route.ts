import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { health } from '@/lib/services/cronService';

export const dynamic = 'force-dynamic';

export const GET = withRoute({ role: 'anyone' }, health);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
