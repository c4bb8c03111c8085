Tensor limbLeads(Tensor measured) {
    Tensor one = measured.select(0, 0);
    Tensor two = measured.select(0, 1);
    Tensor three = two.sub(one);
    Tensor avr = one.add(two).mul(-0.5);
    Tensor avl = one.sub(two.mul(0.5));
    Tensor avf = two.sub(one.mul(0.5));
    return Tensor.stack(0, one, two, three, avr, avl, avf);
}
