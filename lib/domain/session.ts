import { z } from 'zod';

/** The signed-in person, with a right to be here. */
export const sessionSchema = z.object({ email: z.string(), role: z.enum(['admin', 'member']) });
