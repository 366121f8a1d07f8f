import { LaunchError } from '../machine/launchError.ts';
import { apiNeeds, areOfTwoProjects } from './apiNeeds.ts';
import { readDatabaseFacts } from './databaseFacts.ts';
import { databaseNeeds, missing, type Need } from './projectNeeds.ts';
import { type TriedProject, withDatabase } from './projectTrial.ts';

/** What is found of a project before anything is touched. @throws LaunchError when its database cannot be opened */
export async function lookAtProject(project: TriedProject): Promise<Need[]> {
  const { url, databaseUrl } = project;
  if (areOfTwoProjects(url, databaseUrl))
    return [missing('--url et --database-url sont de deux projets différents.')];
  if (new URL(databaseUrl).port === '6543')
    return [
      missing(
        'Le port 6543 est celui du pooler par transaction : donnez la connexion directe ou le pooler par session (port 5432).',
      ),
    ];
  const facts = await withDatabase(databaseUrl, readDatabaseFacts).catch((cause) => {
    throw new LaunchError(
      `La base ne s’ouvre pas (${cause.message || cause.code}) : vérifiez --database-url et son mot de passe ; sans IPv6, donnez l’adresse du pooler par session (Connect > Session pooler).`,
      { cause },
    );
  });
  return [...databaseNeeds(facts), ...(await apiNeeds(project))];
}
