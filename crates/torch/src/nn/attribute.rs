//! What becomes of a model's field: Python's `Module.__setattr__` looks at what is assigned, here the compiler looks at its type.

use std::rc::Rc;

use super::{Module, Part, Training};
use crate::tensor::{Class, Tensor};

/// A field that a module may register, or not (a tensor that is no Parameter, a layer that is `None`).
pub trait Registers {
    /// Shows the field to a module's visitor.
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>));
}

impl<M: Module> Registers for M {
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor(name, Part::Module(self));
    }
}

impl<M: Module> Registers for Rc<M> {
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor(name, Part::Module(&**self));
    }
}

impl Registers for Rc<dyn Module> {
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor(name, Part::Module(&**self));
    }
}

impl Registers for Box<dyn Module> {
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor(name, Part::Module(&**self));
    }
}

impl Registers for Tensor {
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        match self.class() {
            Class::Parameter => visitor(name, Part::Parameter(self)),
            Class::Buffer => visitor(name, Part::Buffer(self)),
            Class::Tensor => {}
        }
    }
}

impl Registers for Training {
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor(name, Part::Training(&self.0));
    }
}

impl<T: Registers> Registers for Option<T> {
    fn register<'a>(&'a self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        if let Some(field) = self {
            field.register(name, visitor);
        }
    }
}

/// Any field. `(&Attribute(&field)).show(..)` is [`Registered::show`] where the field's type has [`Registers`], else
/// [`Plain::show`]: the compiler takes the method that borrows less often. A trait that every type had would have to be
/// written for each type that somebody keeps in a model, as their optimiser or a number.
#[derive(Debug)]
pub struct Attribute<'a, T>(pub &'a T);

/// What is shown.
pub trait Registered<'a> {
    /// Shows the field.
    fn show(&self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>));
}

impl<'a, T: Registers> Registered<'a> for Attribute<'a, T> {
    fn show(&self, name: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        self.0.register(name, visitor);
    }
}

/// What is a plain attribute.
pub trait Plain<'a> {
    /// Shows nothing.
    fn show(&self, _name: &str, _visitor: &mut dyn FnMut(&str, Part<'a>)) {}
}

impl<'a, T> Plain<'a> for &Attribute<'a, T> {}
