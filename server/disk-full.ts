import { UserError } from './errors.ts';
import { megabytes } from './upload-budget.ts';

export class DiskFull extends UserError {
  readonly code = 'DISK_FULL';
  readonly freeBytes: number;

  constructor(freeBytes: number) {
    super(
      `The volume has ${megabytes(freeBytes)} free, which is too little for this file. Free some space first.`,
    );
    this.freeBytes = freeBytes;
  }
}
