use super::Census;
impl Census {
    pub(super) fn stage_showcase(&mut self) {}
}
