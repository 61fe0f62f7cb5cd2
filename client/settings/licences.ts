type Package = { name: string; licence: string; part: string; text: string };

/** What `licences-plugin.ts` wrote beside the built client. */
export async function readLicences(): Promise<Package[]> {
  const response = await fetch('/licences.json');
  if (!response.ok || response.headers.get('content-type')?.includes('json') !== true)
    throw new Error('There is no list of licences.');
  return response.json();
}
