/** Where a URL leads, without user, password, query and fragment, which may be secrets. */
export function shownUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
  } catch {
    return 'an address that is no URL'
  }
}
