import { EngineFailure } from '../failure.ts';
import type { NodeErrors } from './answers.ts';
import type { ExecutionError } from './prompt-state.ts';

/** What goes wrong in ComfyUI, in our words. What it said itself is bounded, one line, and without paths and tracebacks. */

/** No control characters, no paths of its machine, one line. */
export function bounded(text: string, max = 300): string {
  const line = text
    .replace(/(?:[A-Za-z]:)?(?:[\\/][^\s'":,;()[\]]+){2,}/g, (path) => path.split(/[\\/]/).at(-1) ?? '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

export const unreachable = () =>
  new EngineFailure({
    code: 'ENGINE_UNREACHABLE',
    message: 'ComfyUI does not answer.',
    advice: 'Look whether it runs, and whether COMFYUI_URLS names its address.',
    canRetry: true,
  });

export const lost = () =>
  new EngineFailure({
    code: 'ENGINE_RESTARTED',
    message: 'ComfyUI lost the image while it was being made, and again when it was asked once more.',
    advice: 'It probably ends and is started anew. Look into its log; it may run out of memory.',
    canRetry: true,
  });

export const stalled = (milliseconds: number) =>
  new EngineFailure({
    code: 'ENGINE_STALLED',
    message: `ComfyUI said nothing about the image for ${Math.round(milliseconds / 1000)} s, and its queue did not move.`,
    advice: 'Restart ComfyUI, and look into its log for what it did last.',
    canRetry: true,
  });

export const interrupted = () =>
  new EngineFailure({
    code: 'ENGINE_INTERRUPTED',
    message: 'Somebody else interrupted the image in ComfyUI.',
    canRetry: true,
  });

export const badAnswer = (status: number) =>
  new EngineFailure({
    code: 'ENGINE_FAILED',
    message: `ComfyUI answered in a way that is not understood, with status ${status}.`,
    advice: 'Look into its log, and whether COMFYUI_URLS names a ComfyUI and nothing before it.',
    canRetry: status >= 500,
  });

const outOfMemory = () =>
  new EngineFailure({
    code: 'OUT_OF_MEMORY',
    message: 'ComfyUI ran out of memory on its GPU.',
    advice: 'Generate smaller images and upscale them afterwards, or use fewer LoRAs and references at once.',
  });

/** It depends on the machine alone, and the next prompt finds the memory free, so no retry would end differently. */
const isOutOfMemory = ({ exception_type, exception_message }: ExecutionError) =>
  /OutOfMemoryError$/.test(exception_type) || /out of memory/i.test(exception_message);

const READS_PICTURES = /^LoadImage/;
const MISSING_AT_RUN_TIME =
  /(ClipVision|IPAdapter|LoRA|InsightFace) model not found|No such file or directory/i;

/** Of a prompt that was run. */
export function failureOfExecution(error: ExecutionError | null): EngineFailure {
  if (error === null) {
    const message = 'ComfyUI could not make the image and did not say why.';
    return new EngineFailure({
      code: 'ENGINE_FAILED',
      message,
      advice: 'Look into its log.',
      canRetry: true,
    });
  }
  if (isOutOfMemory(error)) return outOfMemory();
  const node = bounded(error.node_type, 60);
  const said = bounded(error.exception_message);
  if (READS_PICTURES.test(error.node_type))
    return new EngineFailure({
      code: 'INVALID_REFERENCE',
      message: `ComfyUI cannot read a reference image: ${said}`,
      advice: 'Choose another reference image.',
    });
  if (MISSING_AT_RUN_TIME.test(error.exception_message))
    return new EngineFailure({
      code: 'MODEL_MISSING',
      message: `A model file that ${node} needs is not there: ${said}`,
      advice: 'Download the model, then try again.',
    });
  return new EngineFailure({
    code: 'ENGINE_FAILED',
    message: `The node ${node} failed in ComfyUI: ${said || bounded(error.exception_type) || 'it did not say why.'}`,
    advice: 'Look into the log of ComfyUI. With a pack of nodes, an update of it may help.',
  });
}

type Refusal = { error: { type: string; message: string; details: string } | null; nodeErrors: NodeErrors };

/** Of a graph that was refused, whole or in part. */
export function failureOfValidation({ error, nodeErrors }: Refusal): EngineFailure {
  const [node] = Object.values(nodeErrors);
  const [first] = node?.errors ?? [];
  if (node && first) return failureOfNode(bounded(node.class_type, 60), first);
  const unknown = /node (\S+) does not exist|Node '?(\S+?)'? not found/i.exec(error?.message ?? '');
  if (error?.type === 'missing_node_type' || unknown) {
    const name = bounded(unknown?.[1] ?? unknown?.[2] ?? 'a node', 60);
    return new EngineFailure({
      code: 'MISSING_NODE',
      message: `ComfyUI has no node ${name}.`,
      advice: 'Update ComfyUI, or install the pack of nodes that has it.',
    });
  }
  return new EngineFailure({
    code: 'ENGINE_FAILED',
    message: `ComfyUI refused the image: ${bounded(error?.message || error?.type || 'it did not say why.')}`,
    advice: 'It may be another version than this one was made for. Look into its log.',
  });
}

type NodeError = NodeErrors[string]['errors'][number];

const NAMES_FILE = /(_name\d?|_file|^lora|^ckpt|^model)$/;

function failureOfNode(node: string, { type, details, extra_info }: NodeError): EngineFailure {
  const input = extra_info.input_name ?? '';
  const value = typeof extra_info.received_value === 'string' ? bounded(extra_info.received_value, 200) : '';
  if (type === 'value_not_in_list' && (NAMES_FILE.test(input) || /\.\w{2,11}$/.test(value)))
    return new EngineFailure({
      code: 'MODEL_MISSING',
      message: `ComfyUI has no model file ${value}, which ${node} needs.`,
      advice: 'Download the model, or put the file into the folder of ComfyUI for its kind.',
    });
  if (type === 'custom_validation_failed' && READS_PICTURES.test(node))
    return new EngineFailure({
      code: 'INVALID_REFERENCE',
      message: 'ComfyUI has a reference image no more that was just given to it.',
      advice: 'Look whether something removes files from its input folder, then try again.',
      canRetry: true,
    });
  return new EngineFailure({
    code: 'ENGINE_FAILED',
    message: `ComfyUI refused ${bounded(input, 60) || 'an input'} of its node ${node}: ${bounded(details || type)}`,
    advice: 'It may be another version than this one was made for.',
  });
}
