import type { role, scope } from '#schema/access.ts';

export type Role = (typeof role.enumValues)[number];
export type Scope = (typeof scope.enumValues)[number];

export type User = { id: string; name: string; role: Role };

/** Who asks. */
export type Principal =
  | { kind: 'anonymous' }
  /** Anybody at all, on a machine of one's own: ISENGARD_AUTH=off. */
  | { kind: 'everybody' }
  /** A person in a browser. */
  | { kind: 'session'; sessionId: string; user: User }
  /** A program, for the person who made the key. */
  | { kind: 'key'; keyId: string; user: User; scopes: readonly Scope[] };

export const ANONYMOUS: Principal = { kind: 'anonymous' };
export const EVERYBODY: Principal = { kind: 'everybody' };

const OF_ROLE: Record<Role, readonly Scope[]> = {
  viewer: ['read'],
  editor: ['read', 'write:characters', 'write:loras', 'write:jobs'],
  owner: ['read', 'write:characters', 'write:loras', 'write:jobs', 'admin'],
};

export const scopesOfRole = (role: Role) => OF_ROLE[role];

/** What a principal may do now. A key has never more than its maker, who may have been given another role since. */
export function scopesOf(principal: Principal): readonly Scope[] {
  switch (principal.kind) {
    case 'anonymous':
      return [];
    case 'everybody':
      return OF_ROLE.owner;
    case 'session':
      return OF_ROLE[principal.user.role];
    case 'key': {
      const ofMaker = OF_ROLE[principal.user.role];
      return principal.scopes.filter((scope) => ofMaker.includes(scope));
    }
  }
}

/** The person behind it; null for anonymous requests, and when there are no accounts. */
export const userOf = (principal: Principal): User | null => ('user' in principal ? principal.user : null);

/** Equal for those who may see the same: what is made for one may be given to the other. */
export const accessOf = (principal: Principal) => scopesOf(principal).join(' ');

/** For what is guarded by `person` or `owner`: there has to be a session, and is. */
export function sessionPrincipalOf(principal: Principal) {
  if (principal.kind !== 'session') throw new Error('What is for a person was reached by something else.');
  return principal;
}
