import Download from 'lucide-solid/icons/download';
import GraduationCap from 'lucide-solid/icons/graduation-cap';
import ImagePlus from 'lucide-solid/icons/image-plus';
import Images from 'lucide-solid/icons/images';
import Layers from 'lucide-solid/icons/layers';
import Sparkles from 'lucide-solid/icons/sparkles';
import UserRound from 'lucide-solid/icons/user-round';
import { can } from '../access/access.ts';
import type { PaletteJobsQuery, PaletteNamesQuery } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { jobHref } from '../shell/job-link.ts';
import { sentenceCase } from '../ui/format.ts';
import type { Entry } from './entry.ts';

export const PaletteNames = graphql(`
  query PaletteNames($search: String) {
    characters(search: $search, sort: UPDATED, first: 10) {
      edges { node { id name triggerWord newestLora { id name } } }
    }
    loras(search: $search, first: 10) {
      edges { node { id name triggerWord } }
    }
  }
`);

export const PaletteJobs = graphql(`
  query PaletteJobs {
    jobs(first: 40) {
      edges { node { id kind title state } }
    }
  }
`);

type Character = PaletteNamesQuery['characters']['edges'][number]['node'];
type Lora = PaletteNamesQuery['loras']['edges'][number]['node'];
type Job = PaletteJobsQuery['jobs']['edges'][number]['node'];

/** The character, and what one does next with it. */
export function characterEntries({ id, name, triggerWord, newestLora }: Character): Entry[] {
  const entries: Entry[] = [
    {
      id,
      group: 'Characters',
      label: name,
      note: triggerWord,
      icon: UserRound,
      href: `/characters/${id}`,
    },
  ];
  const add = (next: Pick<Entry, 'label' | 'icon' | 'href' | 'words'>) =>
    entries.push({ id: `${id} ${next.label}`, group: 'Do', isHidden: true, ...next });
  if (can('WRITE_JOBS'))
    add({
      label: `Train ${name}`,
      icon: GraduationCap,
      href: `/characters/${id}/train`,
      words: 'start LoRA',
    });
  if (can('WRITE_CHARACTERS'))
    add({ label: `Add photos of ${name}`, icon: ImagePlus, href: `/characters/${id}`, words: 'upload' });
  if (can('WRITE_JOBS') && newestLora != null)
    add({
      label: `Generate with ${newestLora.name}`,
      icon: Sparkles,
      href: `/generate?lora=${newestLora.id}`,
    });
  return entries;
}

export function loraEntries({ id, name, triggerWord }: Lora): Entry[] {
  const lora: Entry = {
    id,
    group: 'LoRAs',
    label: name,
    note: triggerWord ?? '',
    icon: Layers,
    href: `/loras?search=${encodeURIComponent(name)}`,
    isHidden: true,
  };
  if (!can('WRITE_JOBS')) return [lora];
  return [
    lora,
    {
      id: `${id} generate`,
      group: 'Do',
      label: `Generate with ${name}`,
      icon: Sparkles,
      href: `/generate?lora=${id}`,
      isHidden: true,
    },
  ];
}

const JOB_ICONS = { TRAINING: GraduationCap, GENERATION: Images, DOWNLOAD: Download };
const SHOWN_AT_ONCE = 5;

export function jobEntry(job: Job, place: number): Entry {
  return {
    id: job.id,
    group: 'Recent jobs',
    label: job.title,
    note: sentenceCase(job.state),
    icon: JOB_ICONS[job.kind],
    href: jobHref(job),
    words: job.kind.toLowerCase(),
    isHidden: place >= SHOWN_AT_ONCE,
  };
}
