// Filter: an environment, and the kinds that are shown.

const environmentLabel = document.getElementById('place');
const environmentBox = document.getElementById('environment');
const kindsBox = document.getElementById('kinds');

// applyFilter takes edges that do not hold and machines of other environments off
// the drawing and fades the nodes that no run list comes to any more.
function applyFilter() {
  const env = filter.environment;
  const near = env === null ? null : spread(tops.filter(isThere), (e) => holds(e) && isThere(e.to));
  let left = 0;
  edges.forEach((e, i) => {
    const live = isLive(e);
    left += live;
    document.getElementById(`e${i}`).classList.toggle('off', !live);
  });
  nodes.forEach((n, i) => {
    const { classList } = nodeElement(i);
    classList.toggle('off', !shows(i));
    classList.toggle('pale', near !== null && !near.has(i) && isThere(i));
  });
  const away = nodes.filter((_, i) => !isThere(i)).length;
  const pale = near === null ? 0 : nodes.length - near.size - away;
  keepStop();
  relight();
  refresh();
  if (env !== null) say(`${environments[env]}: ${left} of ${counted(edges.length, 'edge')} hold${pale ? `, ${counted(pale, 'node')} out of reach` : ''}${away ? `, ${counted(away, 'node')} in other environments` : ''}`);
}

function setEnvironment(env) {
  filter.environment = env;
  environmentBox.value = env === null ? '' : String(env);
  applyFilter();
}

function setKind(kind, shown) {
  if (shown) filter.hidden.delete(kind);
  else filter.hidden.add(kind);
  document.getElementById(`kind-${kind}`).checked = shown;
  applyFilter();
}

const kindsThere = [...new Set(nodes.map((n) => n.kind))];
const plural = { policy: 'policies' };

function buildFilter() {
  if (environments.length > 1) {
    environmentBox.append(h('option', { value: '' }, 'all environments'), ...environments.map((name, i) => h('option', { value: i }, name)));
    environmentBox.addEventListener('change', () => setEnvironment(environmentBox.value === '' ? null : Number(environmentBox.value)));
    environmentLabel.hidden = false;
  }
  if (kindsThere.length < 2) return;
  for (const kind of kindsThere) {
    const box = h('input', { type: 'checkbox', id: `kind-${kind}`, checked: '' });
    box.addEventListener('change', () => setKind(kind, box.checked));
    kindsBox.append(h('label', { class: kind }, box, plural[kind] ?? `${kind}s`));
  }
}
