//! What can be run, and by which parameters: the words doors need from the kernel.

pub use strategy::{
    Definition, InvalidStrategy, Origin, ParameterInput, ParameterKind, ParameterSpec,
    ParameterValue, Registry, RoleConstraint, StrategyInfo,
};
