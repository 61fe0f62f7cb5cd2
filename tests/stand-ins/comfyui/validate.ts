/**
 * What ComfyUI 0.7.0 says of a graph that is posted to it, by its own `/object_info`: the same errors in the same words, as recorded in
 * tests/fixtures/comfyui/validation_errors.jsonl. Lines of tracebacks are left out.
 */

export type ObjectInfo = Record<string, NodeInfo>;
type NodeInfo = {
  input?: { required?: Record<string, unknown>; optional?: Record<string, unknown> };
  output?: string[];
  output_node?: boolean;
};

type Problem = { type: string; message: string; details: string; extra_info: Record<string, unknown> };
type NodeErrors = Record<string, { errors: Problem[]; dependent_outputs: string[]; class_type: string }>;

/** `error` is null when some output can be made: ComfyUI answers 200 then, also with `node_errors` of others. */
export type Verdict = { error: Problem | null; node_errors: NodeErrors; outputs: string[] };

type PostedNode = { class_type?: string; inputs?: Record<string, unknown> };
type Posted = Record<string, PostedNode>;
type Result = { isValid: boolean; problems: Problem[] };

type Check = {
  graph: Posted;
  objectInfo: ObjectInfo;
  hasImage: (name: string) => boolean;
  /** In the order in which they were looked at. */
  results: Map<string, Result>;
};

/** These look by themselves whether a picture is there: their lists hold only what lies on top. */
const PICTURES = new Set(['LoadImage', 'LoadImageMask']);

/** `hasImage`: whether a picture is in the input folder; those that are listed are. */
export function validate(
  graph: Posted,
  objectInfo: ObjectInfo,
  hasImage: (name: string) => boolean = () => false,
): Verdict {
  for (const [id, { class_type }] of Object.entries(graph)) {
    if (class_type === undefined)
      return refused(
        'invalid_prompt',
        'Cannot execute because a node is missing the class_type property.',
        id,
      );
    if (objectInfo[class_type] === undefined)
      return refused('invalid_prompt', `Cannot execute because node ${class_type} does not exist.`, id);
  }
  const ends = Object.keys(graph).filter((id) => infoOf(graph[id], objectInfo).output_node === true);
  if (ends.length === 0) return refused('prompt_no_outputs', 'Prompt has no outputs');

  const check: Check = { graph, objectInfo, hasImage, results: new Map() };
  const node_errors: NodeErrors = {};
  const outputs: string[] = [];
  for (const end of ends) {
    if (look(check, end)) outputs.push(end);
    else tellErrors(check, end, node_errors);
  }
  if (outputs.length > 0) return { error: null, node_errors, outputs };
  const problems = ends.flatMap((end) => check.results.get(end)?.problems ?? []);
  const details = problems.map(({ message, details: more }) => `${message}: ${more}`).join('\n');
  const message = 'Prompt outputs failed validation';
  const error = { type: 'prompt_outputs_failed_validation', message, details, extra_info: {} };
  return { error, node_errors, outputs };
}

function refused(type: string, message: string, id?: string): Verdict {
  const details = id === undefined ? '' : `Node ID '#${id}'`;
  return { error: { type, message, details, extra_info: {} }, node_errors: {}, outputs: [] };
}

const infoOf = (node: PostedNode | undefined, objectInfo: ObjectInfo): NodeInfo =>
  objectInfo[node?.class_type ?? ''] ?? {};

/** A node that is only below one with an error is not told. */
function tellErrors({ graph, results }: Check, end: string, errors: NodeErrors) {
  for (const [id, { isValid, problems }] of results) {
    if (isValid || problems.length === 0) continue;
    errors[id] ??= { errors: problems, dependent_outputs: [], class_type: graph[id]?.class_type ?? '' };
    errors[id].dependent_outputs.push(end);
  }
}

/** The output node itself: what is thrown while it is looked at is its own error. */
function look(check: Check, end: string): boolean {
  try {
    return resultOf(check, end).isValid;
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const { message, type } = error;
    const extra_info = { exception_type: type, traceback: [] };
    const problem = { type: 'exception_during_validation', message: 'Exception when validating node' };
    check.results.set(end, { isValid: false, problems: [{ ...problem, details: message, extra_info }] });
    return false;
  }
}

class PythonError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

function resultOf(check: Check, id: string): Result {
  const known = check.results.get(id);
  if (known) return known;
  // A graph that leads back to here ends up invalid with nothing said of why.
  check.results.set(id, { isValid: false, problems: [] });
  const node = check.graph[id] ?? {};
  const { required = {}, optional = {} } = infoOf(node, check.objectInfo).input ?? {};
  const problems: Problem[] = [];
  let isValid = true;
  for (const [name, told] of Object.entries({ ...optional, ...required })) {
    const value = node.inputs?.[name];
    if (value === undefined) {
      if (name in required)
        problems.push(
          problem('required_input_missing', 'Required input is missing', name, { input_name: name }),
        );
      continue;
    }
    const input = { name, config: configOf(told), value };
    const found = Array.isArray(value) ? linkProblem(check, input, value) : valueProblem(check, node, input);
    if (found === 'upstream') isValid = false;
    else if (found !== null) problems.push(found);
  }
  const result = { isValid: isValid && problems.length === 0, problems };
  check.results.set(id, result);
  return result;
}

type Config = [kind: unknown, extra: Record<string, unknown>];
type Input = { name: string; config: Config; value: unknown };

function configOf(told: unknown): Config {
  const [kind, extra] = Array.isArray(told) ? told : [];
  return [kind, extra ?? {}];
}

const problem = (type: string, message: string, details: string, extra_info: Record<string, unknown>) => ({
  ...{ type, message, details, extra_info },
});

/** `upstream`: what it leads to has an error of its own. */
function linkProblem(
  check: Check,
  { name, config, value }: Input,
  link: unknown[],
): Problem | 'upstream' | null {
  const told = { input_name: name, input_config: config };
  if (link.length !== 2)
    return problem(
      'bad_linked_input',
      'Bad linked input, must be a length-2 list of [node_id, slot_index]',
      name,
      { ...told, received_value: value },
    );
  const [source, slot] = [String(link[0]), Number(link[1])];
  const node = check.graph[source];
  if (node === undefined) throw new PythonError('KeyError', `'${source}'`);
  const type = infoOf(node, check.objectInfo).output?.[slot];
  if (type === undefined) throw new PythonError('IndexError', 'tuple index out of range');
  const wanted = kindOf(config);
  if (!fits(type, wanted))
    return problem(
      'return_type_mismatch',
      'Return type mismatch between linked nodes',
      `${name}, received_type(${type}) mismatch input_type(${wanted})`,
      { ...told, received_type: type, linked_node: link },
    );
  try {
    return resultOf(check, source).isValid ? null : 'upstream';
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const { message, type: exception_type } = error;
    const extra = { ...told, exception_message: message, exception_type, traceback: [], linked_node: link };
    const inner = problem(
      'exception_during_inner_validation',
      'Exception when validating inner node',
      message,
      extra,
    );
    check.results.set(source, { isValid: false, problems: [inner] });
    return 'upstream';
  }
}

const kindOf = ([kind]: Config) => (Array.isArray(kind) ? 'COMBO' : String(kind));

/** A node may give or take one of several: `IMAGE,MASK`, or anything: `*`. */
function fits(type: string, wanted: string): boolean {
  if (type === '*' || wanted === '*') return true;
  const wants = wanted.split(',');
  return type.split(',').every((one) => wants.includes(one));
}

function valueProblem({ hasImage }: Check, node: PostedNode, { name, config, value }: Input): Problem | null {
  const kind = kindOf(config);
  const [given, extra] = config;
  const told = { input_name: name, input_config: config, received_value: value };
  const reason = unreadable(kind, value);
  if (reason !== null)
    return problem(
      'invalid_input_type',
      `Failed to convert an input value to a ${kind} value`,
      `${name}, ${value}, ${reason}`,
      { ...told, exception_message: reason },
    );
  const { min, max } = extra;
  if (typeof min === 'number' && Number(value) < min)
    return problem('value_smaller_than_min', `Value ${value} smaller than min of ${min}`, name, told);
  if (typeof max === 'number' && Number(value) > max)
    return problem('value_bigger_than_max', `Value ${value} bigger than max of ${max}`, name, told);
  if (kind !== 'COMBO') return null;

  const options: unknown[] = Array.isArray(given) ? given : ((extra.options as unknown[] | undefined) ?? []);
  if (options.includes(value)) return null;
  if (name === 'image' && PICTURES.has(node.class_type ?? '')) {
    if (hasImage(String(value))) return null;
    const details = `image - Invalid image file: ${value}`;
    const extra_info = { input_name: name };
    return problem('custom_validation_failed', 'Custom validation failed for node', details, extra_info);
  }
  const isLong = options.length > 20;
  const list = isLong
    ? `(list of length ${options.length})`
    : `[${options.map((option) => `'${option}'`).join(', ')}]`;
  return problem('value_not_in_list', 'Value not in list', `${name}: '${value}' not in ${list}`, {
    ...told,
    ...(isLong && { input_config: null }),
  });
}

/** What Python's `int()` and `float()` say; everything can be a STRING and a BOOLEAN. */
function unreadable(kind: string, value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return null;
  const isText = typeof value === 'string';
  if (kind === 'INT' && !(isText && /^\s*[-+]?\d+\s*$/.test(value)))
    return isText
      ? `invalid literal for int() with base 10: '${value}'`
      : "int() argument must be a string, a bytes-like object or a real number, not 'dict'";
  if (kind === 'FLOAT' && !(isText && value.trim() !== '' && !Number.isNaN(Number(value))))
    return isText
      ? `could not convert string to float: '${value}'`
      : "float() argument must be a string or a real number, not 'dict'";
  return null;
}
