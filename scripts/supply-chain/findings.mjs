/**
 * @typedef {{package: string, advisory: string, severity: string, title: string}} Finding An advisory about a package.
 * @typedef {{package: string, advisory: string, reason: string, lookAgain: string}} Exception Why a finding is lived with,
 *   and until which day (YYYY-MM-DD); then somebody has to look at it again.
 */

const GRAVE = new Set(['high', 'critical']);

/**
 * What a report of `npm audit --json` (auditReportVersion 2) has found: each advisory once, by its GHSA id where it has one.
 * @returns {Finding[]}
 */
export function findingsIn({ vulnerabilities }) {
  // A `via` that is a name says only through which other package something was found.
  const advisories = Object.values(vulnerabilities).flatMap(({ via }) =>
    via.filter((each) => typeof each === 'object'),
  );
  const findings = advisories.map(({ name, source, url, severity, title }) => ({
    package: name,
    advisory: /GHSA(-\w{4}){3}/.exec(url)?.[0] ?? String(source),
    severity,
    title,
  }));
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
}

/**
 * What is wrong: every finding in what runs, and every grave one in what only development uses, that has no exception; every
 * exception that no such finding needs. A sentence each.
 * @param {{running: Finding[], all: Finding[]}} found
 * @param {Exception[]} exceptions
 * @returns {string[]}
 */
export function mistakesIn({ running, all }, exceptions) {
  const runs = new Set(running.map(keyOf));
  const grave = all.filter((finding) => !runs.has(keyOf(finding)) && GRAVE.has(finding.severity));
  const [excepted, wanted] = [new Set(exceptions.map(keyOf)), new Set([...running, ...grave].map(keyOf))];
  const told = (findings, where) =>
    findings
      .filter((finding) => !excepted.has(keyOf(finding)))
      .map(({ severity, title, ...finding }) => `${keyOf(finding)} (${severity}, ${where}): ${title}`);
  const idle = exceptions.filter((exception) => !wanted.has(keyOf(exception)));
  return [
    ...told(running, 'in what runs'),
    ...told(grave, 'in development only'),
    ...idle.map((exception) => `${keyOf(exception)}: no finding needs this exception any more`),
  ];
}

/**
 * What is wrong with the exceptions by themselves, on this day (YYYY-MM-DD). A sentence each.
 * @param {unknown} exceptions
 * @returns {string[]}
 */
export function faultsOf(exceptions, today) {
  if (!Array.isArray(exceptions)) return ['the exceptions are no list'];
  return exceptions.flatMap((exception, index) => {
    const missing = ['package', 'advisory', 'reason', 'lookAgain'].filter(
      (name) => typeof exception?.[name] !== 'string' || exception[name].trim() === '',
    );
    if (missing.length > 0) return [`exception ${index + 1} has no ${missing.join(', no ')}`];
    if (!isDay(exception.lookAgain)) return [`${keyOf(exception)}: ${exception.lookAgain} is no day (YYYY-MM-DD)`];
    if (exception.lookAgain < today)
      return [`${keyOf(exception)}: was to be looked at again by ${exception.lookAgain}`];
    return [];
  });
}

const keyOf = ({ package: name, advisory }) => `${name} ${advisory}`;

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
