// Asks HeyGen's API, whose address is built in, for avatars and their pictures.

const API = 'https://api.heygen.com';

const headers = { 'X-Api-Key': process.argv[2] };
const listed = await (await fetch(`${API}/v2/avatars`, { headers })).json();
const [avatar] = listed.data.avatars;
if (!avatar.preview_image_url.startsWith(`${API}/`)) throw new Error(`the picture is at ${avatar.preview_image_url}`);
const refused = await fetch(`${API}/v3/users/me`, { headers: { 'X-Api-Key': 'none' } });
if (refused.status !== 401) throw new Error(`a stranger got ${refused.status}`);
console.log(`node: ${listed.data.avatars.length} avatars`);
