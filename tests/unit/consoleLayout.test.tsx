import { expect, it, vi } from 'vitest';
import ConsoleLayout from '@/app/(console)/layout';

vi.mock('next/headers', () => import('../support/nextHeaders'));

it('shows no console to whoever came past the proxy without a session', async () => {
  await expect(ConsoleLayout({ children: null })).rejects.toMatchObject({
    digest: expect.stringContaining('/login'),
  });
});
