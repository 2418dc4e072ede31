"""Who may open what: the scene, the table, and the document made from it."""
