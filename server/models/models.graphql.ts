import { builder, UserErrorInterface } from '../builder.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { Job } from '../jobs/job-types.graphql.ts';
import { jobsByIds } from '../jobs/jobs.ts';
import { QuotaExceeded } from '../quotas.ts';
import type { Licence } from './licences.ts';
import {
  AlreadyDownloading,
  CannotDownload,
  downloadModel,
  isDownload,
  lastDownload,
  lastDownloads,
  listModels,
  type Model,
} from './models.ts';

const LicenceRef = builder.objectRef<Licence>('Licence').implement({
  description: 'Under which terms a model is given. No advice in law: the text at `url` counts.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As it calls itself.' }),
    url: t.exposeString('url', { description: 'Where it can be read.' }),
    commercialUse: t.exposeString('commercialUse', {
      description: 'Whether one may earn money with it, in a sentence.',
    }),
  }),
});

const ModelRef = builder.objectRef<Model>('Model');

const Download = builder.loadableObject('Download', {
  description: 'A model file on its way into the folder of ComfyUI. Its steps are megabytes.',
  interfaces: [Job],
  load: async (ids: string[]) => (await jobsByIds(ids)).filter(isDownload),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    model: t.loadable({
      type: ModelRef,
      nullable: true,
      description: 'What is downloaded; null when this version does not know it any more.',
      load: async (ids: string[]) => {
        const models = new Map((await listModels()).map((model) => [model.id, model]));
        return ids.map((id) => models.get(id) ?? null);
      },
      loaderOptions: { cache: false },
      resolve: ({ download }) => download.modelId,
    }),
    bytes: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Of the whole file, as the source says; null before it was asked.',
      resolve: ({ download }) => download.bytes,
    }),
    sha256: t.string({
      nullable: true,
      description: 'In hex: what the whole file has to have. Null before the source was asked.',
      resolve: ({ download }) => download.sha256,
    }),
    commit: t.string({
      nullable: true,
      description: 'Of the repository that it comes from; null before the source was asked.',
      resolve: ({ download }) => download.commit,
    }),
  }),
});

ModelRef.implement({
  description: 'A file of weights that production mode needs for something.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Stable, such as `sdxl/checkpoint`.' }),
    label: t.exposeString('label', { description: 'What people call it.' }),
    description: t.exposeString('description', { description: 'What it does, one or two sentences.' }),
    group: t.exposeString('group', { description: 'Models of one group stand together in a list.' }),
    baseModels: t.exposeStringList('baseModels', {
      description: 'Ids of the base models that need it: with `toggle`, only when that is on.',
    }),
    toggle: t.exposeString('toggle', {
      nullable: true,
      description: 'The `Toggle` that needs it, such as `controlNet`; null when its base models always do.',
    }),
    file: t.string({
      description: "Where it is, or would be downloaded to, below ComfyUI's `models`.",
      resolve: ({ file, folder, fileName }) => file ?? `${folder}/${fileName}`,
    }),
    isInstalled: t.exposeBoolean('isInstalled', {
      nullable: true,
      description: 'Null when neither the folder nor ComfyUI can be seen from the server.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'What is wrong with the file that is there, as far as its size tells; null for nothing.',
    }),
    bytes: t.expose('bytes', {
      type: 'Bytes',
      nullable: true,
      description: 'Size of the file as it was published; null when only the source knows.',
    }),
    sha256: t.exposeString('sha256', {
      nullable: true,
      description:
        'Of the file, in hex, as it was published. Null when only the source knows: then a download is held against what the source says.',
    }),
    repository: t.string({
      description: 'On Hugging Face, such as `stabilityai/stable-diffusion-xl-base-1.0`.',
      resolve: ({ source }) => source.repo,
    }),
    licence: t.expose('licence', { type: LicenceRef, description: 'Read it before the download.' }),
    isGated: t.exposeBoolean('isGated', {
      description:
        'Hugging Face gives it only to accounts that have accepted the licence: the worker needs HF_TOKEN.',
    }),
    canDownload: t.boolean({
      description: 'Whether `downloadModel` would start now.',
      resolve: ({ unsupported }) => unsupported === null,
    }),
    unsupported: t.exposeString('unsupported', {
      nullable: true,
      description: 'Why it cannot be downloaded now, such as that it is installed; null when it can.',
    }),
    download: t.loadable({
      type: Download,
      nullable: true,
      description: 'The one that is open, or else the last; null when there was none.',
      load: (ids: string[]) => lastDownloads(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
  }),
});

builder.objectType(CannotDownload, {
  name: 'CannotDownload',
  description: 'The model cannot be downloaded now; `message` says why. Nothing was started.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ modelId: t.exposeID('modelId', { description: 'Of the model.' }) }),
});

builder.objectType(AlreadyDownloading, {
  name: 'AlreadyDownloading',
  description: 'There is an open download of this model. Nothing was started.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    download: t.field({
      type: Download,
      description: 'As it is now.',
      resolve: ({ modelId }) => lastDownload(modelId),
    }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [ModelRef],
    guard: 'read',
    description: 'The files of weights that production mode can use: what is installed, and what can be had.',
    resolve: listModels,
  }),
);

const DownloadModelInput = builder.inputType('DownloadModelInput', {
  description: 'What is to be downloaded.',
  fields: (t) => ({ modelId: t.id({ description: 'Of one of `models`.' }) }),
});
builder.mutationField('downloadModel', (t) =>
  t.field({
    type: Download,
    guard: 'admin',
    description:
      'Puts a download of a model in line, from Hugging Face or the mirror that is set. It goes on after any interruption, is verified, and writes over nothing. `cancelJob` ends it, `retryJob` tries it again.',
    args: { input: t.arg({ type: DownloadModelInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, AlreadyDownloading, CannotDownload, QuotaExceeded],
      dataField: { name: 'download', description: 'As it was put in line.' },
    },
    resolve: (_, args) => downloadModel(args.input.modelId, askedFor('downloadModel', args)),
  }),
);
