import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { FAULTS } from './tools/list.ts';

type Row = { fault: number; name: string; outcome: string; seconds: string };

/** Prints what came of each fault when all tests have run. */
export function faultTable(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[]) {
      const rows = modules
        .flatMap((module) => [...module.children.allTests()].flatMap(rowOf))
        .sort((a, b) => a.fault - b.fault || a.name.localeCompare(b.name));
      if (rows.length > 0) process.stdout.write(`\n${printed(rows)}\n${missing(rows)}`);
    },
  };
}

function rowOf(test: TestCase): Row[] {
  const { fault, outcome = '' } = test.meta();
  if (fault === undefined) return [];
  const result = test.result();
  const said = String(result.errors?.[0]?.message ?? 'it says nothing')
    .split('\n')
    .slice(0, 2)
    .join(' ');
  const outcomes = { passed: outcome, failed: `FAILED: ${said}`, skipped: 'not run', pending: 'not run' };
  const seconds = ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1);
  return [{ fault, name: test.name.replace(/^\d+ /, ''), outcome: outcomes[result.state], seconds }];
}

function printed(rows: Row[]) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (row: Record<keyof Row, string>) =>
    `${row.fault.padStart(2)}  ${row.name.padEnd(width)}  ${row.seconds.padStart(6)} s  ${row.outcome}`;
  const head = line({ fault: '#', name: 'fault', seconds: '', outcome: 'outcome' });
  return [head, ...rows.map((row) => line({ ...row, fault: String(row.fault) }))].join('\n');
}

function missing(rows: Row[]) {
  const tried = new Set(rows.map(({ fault }) => fault));
  const others = Object.keys(FAULTS).filter((number) => !tried.has(Number(number)));
  return others.length === 0 ? '' : `Not tried in this run: ${others.join(', ')}.\n`;
}
