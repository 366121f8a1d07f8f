#!/usr/bin/env node
// `npx devlink …`: through the launcher, which finds Node 24 and the packages.
process.argv.splice(2, 0, 'devlink');
await import('../scripts/launch.mjs');
