import type { z } from 'zod';

/** It did not answer: refused, reset, or too late. */
export class Unreachable extends Error {}

/** It answered, with something else than what was asked for. What it said is foreign text and stays out of the message. */
export class UnexpectedAnswer extends Error {
  readonly status: number;

  constructor(what: string, status: number) {
    super(`ComfyUI answered ${what} with status ${status}.`);
    this.status = status;
  }
}

type Answer = { status: number; body: Buffer };
type Question = {
  method?: 'GET' | 'POST';
  json?: unknown;
  form?: FormData;
  milliseconds?: number;
  maxBytes?: number;
};

/** What holds for each of some questions, beside what each has of its own. */
export type Limits = { signal?: AbortSignal; milliseconds?: number };

/** `/object_info` of an installation with many packs has some megabytes. */
const MAX_ANSWER = 64 * 2 ** 20;

/**
 * Questions to one ComfyUI, with limits of time and size. Each throws `Unreachable` when there is no answer, also because `limits.signal`
 * aborted, and `UnexpectedAnswer` when it is no usable one. There is never an `Origin` header: it would be held against the host.
 */
export function asking(url: string, limits: Limits = {}) {
  async function ask(path: string, question: Question = {}): Promise<Answer> {
    const { method = 'GET', json, form, milliseconds = 15_000, maxBytes = MAX_ANSWER } = question;
    const timeout = AbortSignal.timeout(Math.min(milliseconds, limits.milliseconds ?? milliseconds));
    const request: RequestInit = {
      method,
      redirect: 'error',
      signal: limits.signal ? AbortSignal.any([limits.signal, timeout]) : timeout,
      ...(json !== undefined && {
        body: JSON.stringify(json),
        headers: { 'content-type': 'application/json' },
      }),
      ...(form && { body: form }),
    };
    try {
      const response = await fetch(`${url}/api${path}`, request);
      return { status: response.status, body: await bounded(response, maxBytes) };
    } catch (cause) {
      throw new Unreachable(`ComfyUI does not answer ${path.split('?')[0]}.`, { cause });
    }
  }

  async function read<Value>(path: string, shape: z.ZodType<Value>, question?: Question): Promise<Value> {
    const answer = await ask(path, question);
    const parsed = answer.status === 200 ? shape.safeParse(asJson(answer)) : null;
    if (!parsed?.success) throw new UnexpectedAnswer(path.split('?')[0] ?? path, answer.status);
    return parsed.data;
  }

  async function tell(path: string, json: unknown): Promise<void> {
    const { status } = await ask(path, { method: 'POST', json });
    if (status !== 200) throw new UnexpectedAnswer(path, status);
  }

  return { ask, read, tell };
}

async function bounded(response: Response, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) throw new Error(`The answer has more than ${maxBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Undefined for what is no JSON: pages of errors are text. */
export function asJson({ body }: Answer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
