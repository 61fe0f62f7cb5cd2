/** Where the demo tells what it does. */
export type Screen = {
  line(text: string): void;
  /** `fraction` from 0 to 1, or null while there is no telling. */
  progress(text: string, fraction: number | null): void;
  /** After this, the next progress is one of something else. */
  endProgress(): void;
};

const BAR = 24;
const CLEAR = '\r\x1b[2K';

/** On a terminal one line that changes in place; elsewhere (a log, a pipe) one line for each tenth of the way. */
export const screenOn = (output: NodeJS.WriteStream): Screen =>
  output.isTTY ? terminal(output) : plain(output);

function terminal(output: NodeJS.WriteStream): Screen {
  let bar = '';
  let filled = 0;
  const draw = () => output.write(CLEAR + bar.slice(0, Math.max(20, output.columns ?? 80) - 1));
  return {
    line(text) {
      output.write(`${CLEAR}${text}\n`);
      if (bar !== '') draw();
    },
    progress(text, fraction) {
      if (fraction !== null) filled = Math.round(fraction * BAR);
      bar = `${'━'.repeat(filled)}${'─'.repeat(BAR - filled)} ${text}`;
      draw();
    },
    endProgress() {
      bar = '';
      filled = 0;
      output.write(CLEAR);
    },
  };
}

function plain(output: NodeJS.WriteStream): Screen {
  let toldTenth = -1;
  const told = new Set<string>();
  return {
    line: (text) => void output.write(`${text}\n`),
    progress(text, fraction) {
      const tenth = fraction === null ? toldTenth : Math.floor(fraction * 10);
      if (fraction === null ? told.has(text) : tenth <= toldTenth) return;
      toldTenth = tenth;
      told.add(text);
      output.write(`${text}\n`);
    },
    endProgress() {
      toldTenth = -1;
      told.clear();
    },
  };
}
