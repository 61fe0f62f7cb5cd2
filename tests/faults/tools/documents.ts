export const jobEventsDocument = /* GraphQL */ `
  subscription ($jobId: ID!, $after: String) {
    jobEvents(jobId: $jobId, after: $after) {
      __typename
      cursor
      ... on JobStateChanged {
        state
        attempt
        error {
          code
        }
      }
      ... on JobLogged {
        message
      }
      ... on JobProgressed {
        step
      }
    }
  }
`;
