"""What Resource Manager makes of a template before it deploys it: expressions worked out, copies made, ids known."""
