import type { TrainingRun } from '../engine.ts';
import { engineSeed } from './config.ts';

/** What of our environment is the trainer's business. Not the database, and no key but the one for its models. */
const NAMES = new Set([
  ...['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH'],
  ...['HF_HOME', 'HF_HUB_CACHE', 'HF_TOKEN', 'HF_HUB_OFFLINE', 'HF_ENDPOINT', 'MODELS_PATH'],
  ...['XDG_CACHE_HOME', 'TORCH_HOME', 'PYTORCH_ALLOC_CONF', 'PYTORCH_CUDA_ALLOC_CONF'],
  ...[
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'ALL_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'all_proxy',
  ],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'],
]);
const isAllowed = (name: string) => NAMES.has(name) || /^(CUDA|NVIDIA)_/.test(name);

export function trainerEnvironment(ours: NodeJS.ProcessEnv, run: TrainingRun): Record<string, string> {
  const handedOn = Object.entries(ours).flatMap(([name, value]) =>
    value !== undefined && isAllowed(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(handedOn),
    // So that the numbers of CUDA_VISIBLE_DEVICES are those of nvidia-smi.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    PYTHONUNBUFFERED: '1',
    PYTHONIOENCODING: 'utf-8',
    SEED: String(engineSeed(run.config.seed)),
    AITK_JOB_ID: run.jobId,
    IS_AI_TOOLKIT_UI: '1',
    ...run.processEnv,
  };
}
