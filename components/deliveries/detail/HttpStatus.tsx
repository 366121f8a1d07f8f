import { Badge } from '../../ui/Badge';

/** An HTTP status code; green for 2xx. Whether another one is bad news is for the delivery's own badge to say. */
export function HttpStatus({ status }: { status: number }) {
  return (
    <Badge tone={status >= 200 && status < 300 ? 'success' : 'neutral'} mono>
      {status}
    </Badge>
  );
}
