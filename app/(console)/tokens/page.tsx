import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { TokenList } from '@/components/tokens/TokenList';
import { tokenListQuery } from '@/lib/api/tokens';
import { tokenService } from '@/lib/services/tokenService';
import { FirstData } from '../FirstData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('tokens'))('title') };
}

export default function TokensPage() {
  return (
    <FirstData
      opensTo="admin"
      fill={async (client) => client.setQueryData(tokenListQuery.queryKey, (await tokenService.list()).items)}
    >
      <TokenList />
    </FirstData>
  );
}
