// Does nothing: what Deno itself takes to start and end.
