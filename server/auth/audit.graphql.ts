import { builder } from '../builder.ts';
import { type AuditEntry, listAudit } from './audit.ts';

const AuditEntryRef = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description: 'A change, and who made it. Kept for a year, longer than the user and the key may be there.',
  fields: (t) => ({
    id: t.exposeID('id'),
    at: t.expose('at', { type: 'DateTime', description: 'When it was done.' }),
    operation: t.exposeString('operation', { description: 'The mutation, such as `deleteCharacter`.' }),
    outcome: t.exposeString('outcome', {
      description: '`Success`, the type of the UserError that it answered with, or `Error`.',
    }),
    targets: t.exposeIDList('targets', { description: 'What it was done to or made: ids, at most 50.' }),
    userId: t.exposeID('userId', { nullable: true, description: 'Null when nobody was signed in.' }),
    userName: t.exposeString('userName', { nullable: true, description: 'At that time.' }),
    apiKeyId: t.exposeID('apiKeyId', {
      nullable: true,
      description: 'The API key, when a program did it.',
    }),
    address: t.exposeString('address', { nullable: true, description: 'Network address of the request.' }),
    correlationId: t.exposeString('correlationId', {
      description: 'Finds its log lines, and the job that it started.',
    }),
  }),
});
builder.queryField('auditLog', (t) =>
  t.connection(
    {
      type: AuditEntryRef,
      guard: 'admin',
      description: 'Who changed what, the newest first. Passwords that were tried too often are not in it.',
      resolve: (_, args) => listAudit(args),
    },
    { name: 'AuditConnection' },
    { name: 'AuditEdge' },
  ),
);
