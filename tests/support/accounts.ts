/** The accounts that every test database has; `stranger` signed up and was given no role. */
export const testAccounts = {
  admin: { email: 'admin@devlink.test', password: 'admin-password-1' },
  member: { email: 'member@devlink.test', password: 'member-password-1' },
  stranger: { email: 'stranger@devlink.test', password: 'stranger-password-1' },
} as const;
