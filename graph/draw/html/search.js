// Search: what is typed lights its matches and lists the best.

const query = document.getElementById('query');
const matches = document.getElementById('matches');
const search = { found: [], chosen: 0 };
const lower = nodes.map((n) => n.id.slice(0, 300).toLowerCase());

// rank is how well a node matches, less is better; -1 where a word is missing.
function rank(id, words) {
  let sum = 0;
  for (const word of words) {
    const at = id.indexOf(word);
    if (at < 0) return -1;
    const start = at === 0 || !/[a-z0-9]/.test(id[at - 1]);
    sum += (start ? 0 : 100) + Math.min(50, id.length - word.length);
  }
  return sum;
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return lower.map((id, i) => [rank(id, words), i]).filter(([r, i]) => r >= 0 && shows(i))
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, i]) => i);
}

function choose(k) {
  search.chosen = Math.max(0, Math.min(k, matches.children.length - 1));
  [...matches.children].forEach((li, at) => li.setAttribute('aria-selected', String(at === search.chosen)));
  const li = matches.children[search.chosen];
  if (!li) return;
  query.setAttribute('aria-activedescendant', li.id);
  li.scrollIntoView({ block: 'nearest' });
}

function openMatches() {
  search.found = find(query.value);
  const most = 50;
  matches.replaceChildren(...search.found.slice(0, most).map((i, k) => h('li', { role: 'option', id: `match${k}`, class: nodes[i].kind, click: () => take(i) }, h('bdi', null, nameOf(i)))));
  const some = query.value.trim() !== '';
  matches.hidden = !search.found.length;
  query.setAttribute('aria-expanded', String(search.found.length > 0));
  if (!search.found.length) query.removeAttribute('aria-activedescendant');
  if (some && search.found.length) lightList(search.found);
  else relight();
  if (some) say(search.found.length ? `${counted(search.found.length, 'match').replace('matchs', 'matches')}${search.found.length > most ? `, ${most} listed` : ''}` : 'No match');
  choose(0);
}

function shutMatches() {
  matches.hidden = true;
  query.setAttribute('aria-expanded', 'false');
  query.removeAttribute('aria-activedescendant');
}

function take(i) {
  shutMatches();
  query.blur();
  select(i, true);
  focusNode(i);
}

query.addEventListener('input', openMatches);
query.addEventListener('focus', () => { if (query.value) openMatches(); });
query.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') choose(search.chosen + 1);
  else if (event.key === 'ArrowUp') choose(search.chosen - 1);
  else if (event.key === 'Enter' && search.found.length) take(search.found[search.chosen]);
  else if (event.key === 'Escape') leaveSearch();
  else return;
  event.preventDefault();
  event.stopPropagation();
});
document.addEventListener('pointerdown', (event) => { if (!event.target.closest('#search')) shutMatches(); });

// leaveSearch empties the box first and leaves it then.
function leaveSearch() {
  if (query.value === '') query.blur();
  query.value = '';
  shutMatches();
  relight();
}
