import { type FragmentType, graphql, useFragment } from '../gql/index.ts';

const Lora = graphql(`
  fragment LoraStack_lora on Lora {
    id
    name
    triggerWord
    baseModel
    family
    character { id name }
  }
`);

export type LoraOption = ReturnType<typeof loraOption>;

export function loraOption(ref: FragmentType<typeof Lora>) {
  return useFragment(Lora, ref);
}
