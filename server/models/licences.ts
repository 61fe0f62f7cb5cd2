export type Licence = {
  name: string;
  url: string;
  /** Whether one may earn money with it, in one sentence. No advice in law: the text at `url` counts. */
  commercialUse: string;
};

export const APACHE: Licence = {
  name: 'Apache 2.0',
  url: 'https://www.apache.org/licenses/LICENSE-2.0',
  commercialUse: 'Commercial use is allowed.',
};

export const BSD: Licence = {
  name: 'BSD 3-Clause',
  url: 'https://github.com/xinntao/Real-ESRGAN/blob/master/LICENSE',
  commercialUse: 'Commercial use is allowed.',
};

export const OPENRAIL: Licence = {
  name: 'CreativeML OpenRAIL-M',
  url: 'https://huggingface.co/spaces/CompVis/stable-diffusion-license',
  commercialUse: 'Commercial use is allowed, except for the harmful uses that it lists.',
};

export const OPENRAIL_PLUS: Licence = {
  name: 'CreativeML Open RAIL++-M',
  url: 'https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/LICENSE.md',
  commercialUse: 'Commercial use is allowed, except for the harmful uses that it lists.',
};

export const FLUX_DEV: Licence = {
  name: 'FLUX.1 [dev] Non-Commercial',
  url: 'https://huggingface.co/black-forest-labs/FLUX.1-dev/blob/main/LICENSE.md',
  commercialUse:
    'The model is for non-commercial use; read there what holds for images made with it. Black Forest Labs sells other licences.',
};

/** The file says Apache; what it was made with says otherwise of those who ship it. */
export const YOLO: Licence = {
  name: 'Apache 2.0, made with YOLOv8 (AGPL 3.0)',
  url: 'https://huggingface.co/Bingsu/adetailer',
  commercialUse:
    'Commercial use is allowed by its author; Ultralytics asks for the AGPL or a licence of theirs where YOLOv8 is offered to others.',
};
