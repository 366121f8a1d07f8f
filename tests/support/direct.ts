/** Imported before a test file: its stack has the service's calls go to the database itself. */
process.env.DEVLINK_TEST_DIRECT = '1';
