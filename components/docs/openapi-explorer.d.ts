/** The web component in one file; its parts need packages that a bundler for the browser has no use for. */
declare module 'openapi-explorer/dist/browser/openapi-explorer.min.js';
