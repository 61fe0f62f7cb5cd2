import type { Fault } from './options.ts';

/** What Python would raise: the name of its class, and its message. */
export class PythonError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

const RAISED: Partial<Record<Fault, [type: string, message: string]>> = {
  oom: ['RuntimeError', 'CUDA out of memory. Tried to allocate 2.00 GiB'],
  gated: [
    'huggingface_hub.errors.GatedRepoError',
    '401 Client Error. Cannot access gated repo for url https://huggingface.co/black-forest-labs/FLUX.1-dev.',
  ],
  unreachable: ['OSError', "We couldn't connect to 'https://huggingface.co' to load this file."],
  missing: ['huggingface_hub.errors.RepositoryNotFoundError', '404 Client Error.'],
  disk: ['OSError', '[Errno 28] No space left on device'],
  cuda: ['RuntimeError', 'CUDA error: an illegal memory access was encountered'],
  crash: ['ZeroDivisionError', 'division by zero'],
  'no-images': ['AssertionError', 'no images found in the dataset'],
};

export function raise(fault: Fault) {
  const [type, message] = RAISED[fault] ?? [];
  if (type !== undefined && message !== undefined) throw new PythonError(type, message);
}
