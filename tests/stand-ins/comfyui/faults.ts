/** How the stand-in misbehaves, each as it was seen of the real one. May be changed while it runs; counts go down by use. */
export type Faults = {
  /** The history knows of a prompt so long after `execution_success`. */
  historyLagMs: number;
  /** So many posts are accepted and their answers lost. */
  loseAnswers: number;
  /** So many posts are answered with status 500, and do nothing. */
  failPosts: number;
  /** Accepts every prompt with errors of an output that it leaves out. */
  nodeErrors: boolean;
  /** A node of this class fails. */
  fail: { classType: string; type: string; message: string } | null;
  /** Tells that a branch was blocked, which ends nothing. */
  blocksBranch: boolean;
  /** The thread that runs prompts has died: one that runs stays so, and no other begins. */
  hangs: boolean;
  /** So many deletes and interrupts come too early or too late. */
  missCancels: number;
  /** Interrupts are looked at between nodes alone, never at a step. */
  interruptsBetweenNodes: boolean;
  /** A socket is told nothing more after so many frames, as after the clean-up of an older one. */
  deafAfter: number;
  /** Previews come without metadata, as to clients of old. */
  legacyPreviews: boolean;
  /** Previews have so many bytes at least. */
  previewBytes: number;
  /** No `/api/jobs`, as before 0.6. */
  withoutJobs: boolean;
  /** `/api/jobs/{id}/cancel`, of later versions. */
  hasCancel: boolean;
  /** The saved file is not there any more. */
  loseOutputs: boolean;
  /** The saved file ends early. */
  cutOutputs: boolean;
  /** Accepts everything that is asked and answers nothing; sockets hear what they hear. */
  isSilent: boolean;
  /** So many posts are accepted with an answer that is none. */
  garbleAnswers: number;
  /** Jobs have a state of a later version, and are in the queue no more. */
  namesStates: boolean;
  /** Sockets are refused. */
  refusesSockets: boolean;
  /** A step takes so long. */
  stepMs: number;
  /** A node without steps takes so long. */
  nodeMs: number;
};

export const NO_FAULTS: Faults = {
  ...{ historyLagMs: 0, loseAnswers: 0, failPosts: 0, nodeErrors: false, fail: null, blocksBranch: false },
  ...{ hangs: false, missCancels: 0, interruptsBetweenNodes: false, deafAfter: Number.POSITIVE_INFINITY },
  ...{ legacyPreviews: false, withoutJobs: false, hasCancel: false, loseOutputs: false, cutOutputs: false },
  ...{ isSilent: false, garbleAnswers: 0, namesStates: false },
  ...{ refusesSockets: false, previewBytes: 0, stepMs: 2, nodeMs: 0 },
};
