/** A step failed for a reason the person in front of the terminal can act on: the message says how. */
export class LaunchError extends Error {
  override name = 'LaunchError';
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

/** One French sentence that says what to do, for errors the system reports by code; null when unknown. */
function adviceFor(error: unknown, dataDir: string): string | null {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case '53100':
      return 'Le disque est plein : libérez de la place puis relancez.';
    case 'EDQUOT':
      return 'Votre quota de disque est atteint : libérez de la place puis relancez.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Écriture refusée : donnez-vous le droit d’écrire dans ${dataDir}, ou choisissez un autre dossier avec DEVLINK_DATA_DIR.`;
    case 'EADDRINUSE':
      return 'Le port demandé est déjà pris : arrêtez le programme qui l’occupe, ou choisissez-en un autre avec PORT.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Trop de fichiers ouverts : relevez la limite (ulimit -n 4096) puis relancez.';
    default:
      return null;
  }
}

/** The sentence to print for a failed step, whatever was thrown. */
export function explain(error: unknown, dataDir: string): string {
  if (error instanceof LaunchError) return error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  const advice = adviceFor(error, dataDir) ?? adviceFor(cause, dataDir);
  if (advice) return advice;
  const reason = error instanceof Error ? error.message : String(error);
  return `${reason} Les détails sont dans le journal.`;
}
