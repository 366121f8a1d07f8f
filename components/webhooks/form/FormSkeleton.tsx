import { Skeleton } from '../../ui/Skeleton';

/** Stands in for the form while its webhook is fetched. */
export function FormSkeleton() {
  return (
    <div className="flex flex-col gap-8">
      {['basics', 'events'].map((part) => (
        <div key={part} className="grid gap-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <Skeleton className="h-5 w-32" />
          <div className="flex flex-col gap-4">
            <Skeleton className="h-9" />
            <Skeleton className="h-9" />
            <Skeleton className="h-16" />
          </div>
        </div>
      ))}
    </div>
  );
}
