import {
  type DocumentNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type Principal, type Scope, scopesOf } from './principal.ts';

/**
 * Who may use a field: anybody (`public`), who has a scope, a person who signed in (`person`: no key), or the owner, signed in.
 * Every field of a root type states one; one that states none is for nobody.
 */
export type Guard = 'public' | 'person' | 'owner' | Scope;

/** `alone`: what changes who asks must not come before something else that was allowed to whom it was. */
type Demand = Guard | 'nobody' | 'alone';

/** A mutation answers with objects from which one can walk on to all the others, so who writes has to be one who may read. */
const READS_TOO: readonly Demand[] = ['write:characters', 'write:loras', 'write:jobs', 'admin'];

/** What the field states in Pothos (server/builder.ts). */
export function guardOf(field: GraphQLField<unknown, unknown>): Guard | undefined {
  const { pothosOptions } = field.extensions as { pothosOptions?: { guard?: Guard } };
  return pothosOptions?.guard;
}

const known = new WeakMap<DocumentNode, readonly Demand[]>();

/** All that the fields of a valid document demand, each once. Equal texts are parsed once, so this is looked up mostly. */
function demandsOf(schema: GraphQLSchema, document: DocumentNode): readonly Demand[] {
  const found = known.get(document);
  if (found !== undefined) return found;
  const demands = new Set<Demand>();
  const typeInfo = new TypeInfo(schema);
  let mutations = 0;
  let changesWhoAsks = false;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field({ name: { value: name } }) {
        // Of an abstract type and of every type.
        if (name === '__typename') return;
        // What there is, is for those who may read it.
        if (name === '__schema' || name === '__type') return void demands.add('read');
        const field = typeInfo.getFieldDef();
        const guard = field ? guardOf(field) : undefined;
        const isRoot = roots.some((root) => root === typeInfo.getParentType());
        if (typeInfo.getParentType() === schema.getMutationType()) {
          mutations++;
          changesWhoAsks ||= guard === 'public';
        }
        const demand = guard ?? (isRoot || !field ? 'nobody' : undefined);
        if (demand !== undefined) demands.add(demand);
        if (demand !== undefined && READS_TOO.includes(demand)) demands.add('read');
      },
    }),
  );
  if (changesWhoAsks && mutations > 1) demands.add('alone');
  const list = [...demands];
  known.set(document, list);
  return list;
}

function satisfies(principal: Principal, demand: Demand): boolean {
  switch (demand) {
    case 'public':
      return true;
    case 'person':
      return principal.kind === 'session';
    case 'owner':
      return principal.kind === 'session' && principal.user.role === 'owner';
    case 'nobody':
    case 'alone':
      return false;
    default:
      return scopesOf(principal).includes(demand);
  }
}

/** Whether a principal may use what has this guard. */
export const allows = (principal: Principal, guard: Guard) => satisfies(principal, guard);

/** For what a resolver sees only when it has looked: throws what a field with this guard would answer. */
export function demand(principal: Principal, guard: Guard) {
  if (!allows(principal, guard))
    throw principal.kind === 'anonymous' ? unauthenticated() : forbidden(principal, [guard]);
}

/** Why a principal may not run a valid document, naming all that is missing; undefined when it may. */
export function refusalOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  principal: Principal,
): GraphQLError | undefined {
  const missing = demandsOf(schema, document).filter((demand) => !satisfies(principal, demand));
  if (missing.length === 0) return;
  if (missing.includes('alone')) return notAlone();
  return principal.kind === 'anonymous' ? unauthenticated() : forbidden(principal, missing);
}

const notAlone = () =>
  new GraphQLError('What signs in or out comes alone: send other mutations in requests of their own.', {
    extensions: { code: 'MUST_BE_ALONE', http: { status: 400, spec: false } },
  });

/** For whoever is nobody, whatever they ask. */
export const unauthenticated = () =>
  new GraphQLError('Sign in, or send an API key: `Authorization: Bearer isengard_…`.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401, spec: false } },
  });

function forbidden(principal: Principal, missing: Demand[]) {
  const missingScopes = missing.filter((demand) => !['public', 'person', 'owner', 'nobody'].includes(demand));
  const why = [
    missingScopes.length > 0 && `${holderOf(principal)} lacks ${missingScopes.join(', ')}`,
    missing.includes('person') && 'it is for a person who is signed in, not for a key',
    missing.includes('owner') && 'it is for the owner, signed in',
    missing.includes('nobody') && 'it is for nobody',
  ].filter((reason) => reason !== false);
  return new GraphQLError(`This is not allowed: ${why.join('; ')}.`, {
    extensions: { code: 'FORBIDDEN', missingScopes, http: { status: 403 } },
  });
}

const holderOf = (principal: Principal) =>
  principal.kind === 'key' ? 'this API key' : principal.kind === 'session' ? 'your role' : 'this request';
