import { AsyncLocalStorage } from 'node:async_hooks';

/** The headers of the request for which statements are made: PostgREST tells them in `request.headers`, Lite only to functions. */
export const requestHeaders = new AsyncLocalStorage<Headers>();
