//! `strategy { ... }`: what a script tells about itself.

use domain::{Decimal, Role, Timeframe};
use mlua::{Lua, MultiValue};
use strategy::{ParameterSpec, RoleConstraint, StrategyInfo, Text};

use crate::arguments::{Fields, shown};
use crate::host::State;
use crate::numbers;

pub(crate) const FIELDS: [&str; 8] = [
    "id",
    "version",
    "author",
    "summary",
    "description",
    "roles",
    "min_reward_to_risk",
    "entries_max",
];

/// All declarations of a file.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    pub(crate) strategy: Option<Declared>,
    pub(crate) parameters: Vec<ParameterSpec>,
    uses_htf: bool,
}

/// What `strategy { ... }` told.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    id: String,
    version: String,
    author: String,
    summary: String,
    description: String,
    constraints: Vec<RoleConstraint>,
    pub(crate) reward_to_risk_min: Option<Decimal>,
    pub(crate) entries_max: Option<u32>,
}

impl Declarations {
    /// Notes that candles of a role are read.
    pub(crate) fn uses(&mut self, role: Role) {
        match role {
            Role::Ltf => {}
            Role::Htf => self.uses_htf = true,
        }
    }

    /// What the registry wants to know.
    pub(crate) fn info(&self) -> Result<StrategyInfo, String> {
        let Some(it) = &self.strategy else {
            return Err("strategy { id = ..., ... } is missing at the top of the file".to_owned());
        };
        let required_roles: Vec<Role> = it.constraints.iter().map(|it| it.role).collect();
        if self.uses_htf && !required_roles.contains(&Role::Htf) {
            return Err("HTF is read: strategy { roles = ... } must declare it, as in roles = { LTF = {}, HTF = {} }".to_owned());
        }
        Ok(StrategyInfo {
            id: Text::Owned(it.id.clone()),
            aliases: Vec::new(),
            version: Text::Owned(it.version.clone()),
            author: Text::Owned(it.author.clone()),
            summary: Text::Owned(it.summary.clone()),
            description: Text::Owned(it.description.clone()),
            required_roles,
            role_constraints: it.constraints.clone(),
            parameters: self.parameters.clone(),
        })
    }
}

/// `strategy { ... }`
pub(crate) fn strategy(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let fields = Fields::passed("strategy", arguments, &FIELDS);
    if state.declared.strategy.is_some() {
        return Err("strategy: expected once, was called again".to_owned());
    }
    let summary = fields.required_text("summary")?;
    state.declared.strategy = Some(Declared {
        id: id(&fields)?,
        version: fields.text("version")?.unwrap_or_else(|| "1.0.0".to_owned()),
        author: fields.text("author")?.unwrap_or_default(),
        description: fields.text("description")?.unwrap_or_else(|| summary.clone()),
        summary,
        constraints: constraints(&fields)?,
        reward_to_risk_min: reward_to_risk(&fields)?,
        entries_max: entries(&fields)?,
    });
    Ok(())
}

fn id(fields: &Fields<'_>) -> Result<String, String> {
    let id = fields.required_text("id")?;
    let is_good = id.len() <= 40
        && id.starts_with(|letter: char| letter.is_ascii_uppercase())
        && id
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    if is_good {
        Ok(id)
    } else {
        Err(fields.wrong("id", "up to 40 capitals, digits and underscores, such as \"MY_CROSS\""))
    }
}

fn reward_to_risk(fields: &Fields<'_>) -> Result<Option<Decimal>, String> {
    let Some(number) = fields.number("min_reward_to_risk")? else { return Ok(None) };
    let min = numbers::fraction(number, Decimal::ONE_HUNDRED);
    min.map(|min| Some(min.decimal()))
        .map_err(|error| format!("strategy: min_reward_to_risk: {error}"))
}

fn entries(fields: &Fields<'_>) -> Result<Option<u32>, String> {
    let Some(number) = fields.number("entries_max")? else { return Ok(None) };
    let whole = (1..=1000u32).find(|whole| f64::from(*whole) == number);
    whole.map(Some).ok_or_else(|| fields.wrong("entries_max", "a whole number from 1 to 1000"))
}

/// LTF of any timeframe unless told otherwise; HTF only when it is told.
fn constraints(fields: &Fields<'_>) -> Result<Vec<RoleConstraint>, String> {
    let Some(roles) = fields.table("roles")? else { return Ok(vec![any(Role::Ltf)]) };
    let roles = Fields::of("strategy: roles", &roles, &["LTF", "HTF"])?;
    let ltf = constraint(&roles, Role::Ltf)?.unwrap_or_else(|| any(Role::Ltf));
    Ok(std::iter::once(ltf).chain(constraint(&roles, Role::Htf)?).collect())
}

const fn any(role: Role) -> RoleConstraint {
    RoleConstraint {
        role,
        min: Timeframe::M1,
        max: Timeframe::Month1,
        description: Text::Borrowed(""),
    }
}

fn constraint(roles: &Fields<'_>, role: Role) -> Result<Option<RoleConstraint>, String> {
    let Some(table) = roles.table(role.name())? else { return Ok(None) };
    let call = format!("strategy: roles: {role}");
    let fields = Fields::of(&call, &table, &["min", "max", "why"])?;
    let mut constraint = any(role);
    constraint.min = timeframe(&fields, "min")?.unwrap_or(constraint.min);
    constraint.max = timeframe(&fields, "max")?.unwrap_or(constraint.max);
    constraint.description = Text::Owned(fields.text("why")?.unwrap_or_default());
    if constraint.min.longest_millis() > constraint.max.longest_millis() {
        return Err(fields.wrong("min", "a timeframe not longer than max"));
    }
    Ok(Some(constraint))
}

fn timeframe(fields: &Fields<'_>, name: &str) -> Result<Option<Timeframe>, String> {
    let Some(text) = fields.text(name)? else { return Ok(None) };
    let wrong = || {
        let names: Vec<&str> = Timeframe::ALL.iter().map(|it| it.name()).collect();
        format!(
            "strategy: {name}: expected one of {}, was {}",
            names.join(" "),
            shown(fields.value(name))
        )
    };
    text.parse().map(Some).map_err(|_| wrong())
}
