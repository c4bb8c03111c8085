Tensor limbLeads(Tensor measured) {
    return todo("take the rows with select(0, 0) and select(0, 1), combine them, and join all six with Tensor.stack(0, ...)");
}
