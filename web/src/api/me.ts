// Who reads the page.

/** Me is who is signed in, as far as this page cares. */
export interface Me {
  user: string;
  name?: string;
  role: string;
  permissions: string[];
  demo: boolean;
}
