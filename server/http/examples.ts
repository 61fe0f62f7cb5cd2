/** The tabs that the playground opens with: the main job, one step each. */
export const EXAMPLE_TABS = [
  {
    query: `# Isengard: photos of one character in, a trained LoRA out, images generated with it.
# Each tab is one step. Run them from left to right and put the ids of each answer into the next.

query WhatIsHere {
  info { name version mode }
  characters(first: 10) {
    totalCount
    edges { node { id name triggerWord imageCount newestLora { id name } } }
  }
  jobCounts { queued running completed failed cancelled }
  workers { host engines currentJobs { id title step steps } }
}
`,
  },
  {
    query: `# Photos are uploaded with \`uploadImages\`, a multipart request: use the web client or \`npm run demo\`.

mutation CreateCharacter($input: CreateCharacterInput!) {
  createCharacter(input: $input) {
    ... on CreateCharacterSuccess { character { id name triggerWord } }
    ... on TriggerWordTaken { message character { id name } }
    ... on InvalidInput { issues { field message } }
  }
}
`,
    variables: JSON.stringify({ input: { name: 'Mara', triggerWord: 'mara7' } }, null, 2),
  },
  {
    query: `mutation Train($input: StartTrainingInput!) {
  startTraining(input: $input) {
    ... on StartTrainingSuccess { training { id title state position config { steps rank learningRate } } }
    ... on UserError { code message }
  }
}
`,
    variables: JSON.stringify({ input: { characterId: 'the character', preset: 'QUICK' } }, null, 2),
  },
  {
    query: `# Everything that happened so far, then live. Go on after a pause with \`after\`: the last cursor that you saw.

subscription Follow($jobId: ID!, $after: String) {
  jobEvents(jobId: $jobId, after: $after) {
    cursor
    at
    ... on JobStateChanged { state error { code message advice } }
    ... on JobStageChanged { stage }
    ... on JobProgressed { step steps stepsPerSecond eta { lowSeconds highSeconds } metrics { step loss } }
    ... on SampleAdded { sample { step prompt url } }
    ... on JobLogged { level message }
  }
}
`,
    variables: JSON.stringify({ jobId: 'the training' }, null, 2),
  },
  {
    query: `mutation Generate($input: StartGenerationInput!) {
  startGeneration(input: $input) {
    ... on StartGenerationSuccess { generation { id seed state } }
    ... on UserError { code message }
  }
}
`,
    variables: JSON.stringify(
      { input: { prompt: 'a portrait of mara7', count: 2, loras: [{ loraId: 'the LoRA', strength: 0.8 }] } },
      null,
      2,
    ),
  },
  {
    query: `query Images($generationId: ID!) {
  generation(id: $generationId) { state step steps outputs { seed url thumbnailUrl(size: LARGE) } }
}
`,
    variables: JSON.stringify({ generationId: 'the generation' }, null, 2),
  },
];
