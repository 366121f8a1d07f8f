/** What is shown in place of a secret value. Says nothing of its length. */
export const maskedValue = '••••••••';
