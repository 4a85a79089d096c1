import jax
import jax.numpy as jnp


@jax.jit
def compute_reward(box, gripper, target, robot_qpos):
    gripper_box = 1 - jnp.tanh(5 * jnp.linalg.norm(box - gripper, axis=1))
    box_target = 1 - jnp.tanh(5 * jnp.linalg.norm(target - box, axis=1))
    no_floor = (gripper[:, 2] > -0.3).astype(float)
    qpos = 1 - jnp.tanh(jnp.linalg.norm(robot_qpos - jnp.array([0.0, 0.3, 0.0, -1.5, 0.0, 2.0, 0.8]), axis=-1))
    reward = jax.nn.relu(4 * gripper_box + 8 * box_target + 0.25 * no_floor + 0.3 * qpos - 1.0)
    return reward, {"box_target": 8 * box_target, "gripper_box": 4 * gripper_box, "no_floor": 0.25 * no_floor, "qpos": 0.3 * qpos}
