import type { Role, Scope } from '../gql/graphql.ts';

export const ROLES = [
  { value: 'VIEWER', label: 'Viewer', may: 'Sees everything and changes nothing.' },
  { value: 'EDITOR', label: 'Editor', may: 'Sees everything; changes characters, photos, LoRAs and jobs.' },
  {
    value: 'OWNER',
    label: 'Owner',
    may: 'Does everything: also invites people, downloads models, and runs queues, workers and maintenance.',
  },
] as const satisfies readonly { value: Role; label: string; may: string }[];

export const roleOf = (role: Role) => ROLES.find(({ value }) => value === role) ?? ROLES[0];

export const SCOPES = [
  { value: 'READ', name: 'read', label: 'Read', may: 'See everything and download files.' },
  {
    value: 'WRITE_CHARACTERS',
    name: 'write:characters',
    label: 'Change characters',
    may: 'Make, change and delete characters and their photos.',
  },
  { value: 'WRITE_LORAS', name: 'write:loras', label: 'Change LoRAs', may: 'Rename and delete LoRAs.' },
  {
    value: 'WRITE_JOBS',
    name: 'write:jobs',
    label: 'Run jobs',
    may: 'Start, stop, repeat and order trainings and generations; stop downloads.',
  },
  {
    value: 'ADMIN',
    name: 'admin',
    label: 'Administer',
    may: 'Run queues, workers and maintenance, download models, and read the audit log.',
  },
] as const satisfies readonly { value: Scope; name: string; label: string; may: string }[];

const LACKING: Record<string, string> = {
  read: 'to see what is here',
  'write:characters': 'to change characters and photos',
  'write:loras': 'to change LoRAs',
  'write:jobs': 'to start and stop jobs',
  admin: 'to administer the studio',
};

/** Why something was refused, from the scopes that the server says are missing; undefined when it names none that we know. */
export function whyForbidden(missingScopes: readonly string[], role: Role | undefined): string | undefined {
  const lacking = missingScopes.flatMap((scope) => LACKING[scope] ?? []);
  if (lacking.length === 0) return;
  const what = new Intl.ListFormat('en', { type: 'disjunction' }).format(lacking);
  const who =
    role === undefined ? 'You are' : `As ${role === 'VIEWER' ? 'a' : 'an'} ${role.toLowerCase()} you are`;
  return `${who} not allowed ${what}. An owner can give you another role.`;
}
