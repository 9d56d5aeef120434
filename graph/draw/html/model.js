// What is drawn, and what of it holds: no document, no pixels.

const data = JSON.parse(document.getElementById('data').textContent);
const { nodes, edges, cycles, environments } = data;
const byId = new Map(nodes.map((n, i) => [n.id, i]));

for (const n of nodes) {
  n.out = [];
  n.into = [];
}
edges.forEach((e, i) => {
  nodes[e.from].out.push(i);
  nodes[e.to].into.push(i);
});

const nameOf = (i) => nodes[i].label ?? nodes[i].id;

// filter is what is asked for: an environment by index, null for all; and kinds.
const filter = { environment: null, hidden: new Set() };

// holds says whether an edge is there when Chef expands for the environment: a
// role that has no list of its own for it takes its plain one, environment 0.
function holds(e) {
  const env = filter.environment;
  if (env === null || !e.only) return true;
  const own = env === 0 || (nodes[e.from].own ?? []).includes(env);
  return e.only.includes(own ? env : 0);
}

// isThere says whether a node is there in the environment: a machine runs in its
// own only.
const isThere = (i) => filter.environment === null || !nodes[i].in || nodes[i].in.includes(filter.environment);

const shows = (i) => isThere(i) && !filter.hidden.has(nodes[i].kind);

const isLive = (e) => holds(e) && shows(e.from) && shows(e.to);

// reach is every node one comes to from start, and every edge on the way: "out"
// to what it brings, "into" to what brings it. start itself counts only where a
// cycle leads back to it.
function reach(start, way) {
  const found = { nodes: new Set(), edges: new Set() };
  const seen = new Set([start]);
  const open = [start];
  while (open.length) {
    for (const i of nodes[open.pop()][way]) {
      const e = edges[i];
      if (!isLive(e)) continue;
      const next = way === 'out' ? e.to : e.from;
      found.edges.add(i);
      found.nodes.add(next);
      if (!seen.has(next)) {
        seen.add(next);
        open.push(next);
      }
    }
  }
  return found;
}

// spread is what the starts lead to over edges that pass, the starts included.
function spread(starts, passes) {
  const seen = new Set(starts);
  const open = [...starts];
  while (open.length) {
    for (const i of nodes[open.pop()].out) {
      const e = edges[i];
      if (!passes(e) || seen.has(e.to)) continue;
      seen.add(e.to);
      open.push(e.to);
    }
  }
  return seen;
}

// tops are the nodes where run lists begin: those that nothing names, and of a
// cycle that nothing else leads to its first.
const tops = (() => {
  const found = nodes.map((_, i) => i).filter((i) => nodes[i].into.length === 0);
  const seen = spread(found, () => true);
  for (const c of cycles) {
    if (seen.has(c.path[0])) continue;
    found.push(c.path[0]);
    for (const i of spread([c.path[0]], () => true)) seen.add(i);
  }
  return found;
})();

// counted is "1 role", "2 roles".
const counted = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

// tally is "3 roles, 1 recipe" of a set of nodes.
function tally(set) {
  const of = new Map();
  for (const i of set) of.set(nodes[i].kind, (of.get(nodes[i].kind) ?? 0) + 1);
  return [...of].map(([kind, n]) => (kind === 'policy' && n > 1 ? `${n} policies` : counted(n, kind))).join(', ') || 'nothing';
}

// reachWords is how many a node brings and how many bring it, itself not counted.
function reachWords(i) {
  const others = (way) => {
    const found = reach(i, way).nodes;
    found.delete(i);
    return tally(found);
  };
  return `brings ${others('out')}; brought by ${others('into')}`;
}

// environmentsOf is where an edge holds, in words; empty for everywhere.
const environmentsOf = (e) => (e.only ?? []).map((i) => environments[i]).join(', ');

// linkTo is the address of a place in a file for the editor, or null.
function linkTo(file, line) {
  if (!data.link || !file) return null;
  const path = file.split('/').map(encodeURIComponent).join('/');
  const from = /^\.\.?\//.test(file) ? data.here : data.root;
  const known = { path, line: String(line || 1), file: file.startsWith('/') ? path : `${from}/${path.replace(/^(\.\/)+/, '')}` };
  return data.link.replaceAll(/\{(path|line|file)\}/g, (_, what) => known[what]);
}
